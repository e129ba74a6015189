#!/usr/bin/python3
"""Keeps a copy of Stagedoor's users, tickets, orders and charges in a directory: a JSON file each.

usage: replica.py DIRECTORY [SINCE]
The first run reads the history, all of it or from SINCE (2026-11-01T00:00:00Z) on; later ones go on where the queue
is. Environment: BROKER_HOST, BROKER_PORT, INTEGRATOR (the name), PASSWORD_FILE; BROKER_CA for TLS: who signed the
broker's certificate.
"""
import datetime
import json
import os
import ssl
import sys
import time
from decimal import Decimal

import pika

# Patterns such as order.* are refused: each event is bound by its type.
KEYS = {
    "stagedoor.auth": ["user.created", "user.updated"],
    "stagedoor.tickets": ["ticket.created", "ticket.updated"],
    "stagedoor.orders": ["order.created", "order.updated", "order.cancelled"],
    "stagedoor.payments": ["charge.created", "charge.updated"],
}
DIGITS = {"JPY": 0, "KRW": 0, "KWD": 3}  # two for all others
IDLE_SECONDS, CLOCK_MARGIN = 2, datetime.timedelta(minutes=1)
name, directory = os.environ["INTEGRATOR"], sys.argv[1]


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def parameters():
    host = os.environ.get("BROKER_HOST", "127.0.0.1")
    with open(os.environ["PASSWORD_FILE"]) as file:
        login = pika.PlainCredentials("integrator." + name, file.read().strip())
    tls = None
    if "BROKER_CA" in os.environ:
        tls = pika.SSLOptions(ssl.create_default_context(cafile=os.environ["BROKER_CA"]), host)
    return pika.ConnectionParameters(host, int(os.environ.get("BROKER_PORT", 5672)), "stagedoor", login,
                                     ssl_options=tls, heartbeat=30)


def commit(path, text):
    """When this returns the file is on the disk, the old one or the new one whole."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".new", "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".new", path)


def apply(event):
    """An event carries the whole state as of a version, so what is older, or here already, is nothing new."""
    data, kind = event["data"], event["type"].split(".")[0]
    path = os.path.join(directory, kind, data["id"] + ".json")
    if os.path.exists(path):
        with open(path) as file:
            if json.load(file)["version"] >= data["version"]:
                return
    commit(path, json.dumps(data))
    amount = data.get("price", data.get("amount"))  # in minor units: 3800 is 38.00 GBP
    money = "" if amount is None else f"{Decimal(amount).scaleb(-DIGITS.get(data['currency'], 2))} {data['currency']}"
    print(kind, data["id"], data["version"], data["status"], money, flush=True)


def read_history(channel, since):
    """Up to what the queue has too, since it was bound before."""
    enough = datetime.datetime.now(datetime.timezone.utc) + CLOCK_MARGIN
    offset = {"x-stream-offset": moment(since) if since else "first"}
    for method, _, body in channel.consume("stagedoor.history", inactivity_timeout=IDLE_SECONDS, arguments=offset):
        if method is None:
            break
        event = json.loads(body)
        apply(event)
        channel.basic_ack(method.delivery_tag)
        if moment(event["time"]) > enough:
            break
    channel.close()


def follow(connection, since):
    queue, done = f"integrator.{name}.events", os.path.join(directory, "history-read")
    channel = connection.channel()
    channel.basic_qos(prefetch_count=50)
    for exchange, keys in KEYS.items():
        for key in keys:
            channel.queue_bind(queue, exchange, key)
    if not os.path.exists(done):
        history = connection.channel()
        history.basic_qos(prefetch_count=50)
        read_history(history, since)
        commit(done, "")
    for method, _, body in channel.consume(queue):
        apply(json.loads(body))
        channel.basic_ack(method.delivery_tag)  # after the commit: what is not acked comes again


def main():
    wait = 1
    while True:
        try:
            with pika.BlockingConnection(parameters()) as connection:
                wait = 1
                follow(connection, sys.argv[2] if len(sys.argv) > 2 else None)
        except pika.exceptions.AMQPError as problem:
            print(f"the broker is away ({problem!r}); next try in {wait} s", file=sys.stderr, flush=True)
        time.sleep(wait)
        wait = min(2 * wait, 30)


main()
