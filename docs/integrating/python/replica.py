#!/usr/bin/python3
"""Keeps a copy of Stagedoor's users, tickets, orders and charges in a directory: a JSON file each.

usage: replica.py DIRECTORY [SINCE]
The first connection reads the history, all of it or from SINCE (2026-11-01T00:00:00Z) on; each later one reads what
came to the history since, then the queue. Environment: BROKER_HOST, BROKER_PORT, INTEGRATOR (the name), PASSWORD_FILE;
BROKER_CA for TLS: who signed the broker's certificate.
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
IDLE_SECONDS, CLOCK_MARGIN, OVERLAP, HOUR = 2, 60, 600, 3600  # seconds
name, directory = os.environ["INTEGRATOR"], sys.argv[1]
since = sys.argv[2] if len(sys.argv) > 2 else "1970-01-01T00:00:00Z"
note = os.path.join(directory, "history-read-at")


def moment(text):
    """Seconds since 1970 of "2026-11-22T14:17:02.123456Z"."""
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


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


def store(body):
    """An event carries the whole state as of a version, so what is older, or here already, is nothing new.
    Returns the event's time."""
    try:
        event = json.loads(body)
        data, kind, at = event["data"], event["type"].split(".")[0], moment(event["time"])
        path, version = os.path.join(directory, kind, data["id"] + ".json"), int(data["version"])
    except (AttributeError, KeyError, TypeError, ValueError):
        print("skipped, as it is no event:", body[:100], file=sys.stderr, flush=True)
        return 0
    if os.path.exists(path):
        with open(path) as file:
            if json.load(file)["version"] >= version:
                return at
    commit(path, json.dumps(data))
    amount = data.get("price", data.get("amount"))  # in minor units: 3800 is 38.00 GBP
    money = "" if amount is None else f"{Decimal(amount).scaleb(-DIGITS.get(data['currency'], 2))} {data['currency']}"
    print(kind, data["id"], version, data["status"], money, flush=True)
    return at


def history_start():
    """The note says when the latest complete reading began. What came to the history before that is stored."""
    if not os.path.exists(note):
        return moment(since)
    with open(note) as file:
        return int(file.read()) - OVERLAP


def read_history(channel):
    """Up to what the queue has too, since it was bound before. Returns when the reading began."""
    began = time.time()
    start = datetime.datetime.fromtimestamp(history_start(), datetime.timezone.utc)
    for method, _, body in channel.consume("stagedoor.history", inactivity_timeout=IDLE_SECONDS,
                                           arguments={"x-stream-offset": start}):
        if method is None:
            break
        at = store(body)
        channel.basic_ack(method.delivery_tag)
        if at > began + CLOCK_MARGIN:
            break
    else:
        raise pika.exceptions.ConsumerCancelled
    channel.close()
    return began


def follow(connection):
    queue, channel, history = f"integrator.{name}.events", connection.channel(), connection.channel()
    channel.basic_qos(prefetch_count=50)
    history.basic_qos(prefetch_count=50)
    for exchange, keys in KEYS.items():
        for key in keys:
            channel.queue_bind(queue, exchange, key)
    noted = read_history(history)
    commit(note, str(int(noted)))
    for method, _, body in channel.consume(queue):
        at = store(body)
        channel.basic_ack(method.delivery_tag)  # after the commit: what is not acked comes again
        if at > noted + HOUR:  # the queue has given all that was published before this event
            noted = at
            commit(note, str(int(noted)))


def main():
    wait = 1
    while True:
        try:
            with pika.BlockingConnection(parameters()) as connection:
                wait = 1
                follow(connection)
        except pika.exceptions.AMQPError as problem:
            print(f"the broker is away ({problem!r}); next try in {wait} s", file=sys.stderr, flush=True)
        time.sleep(wait)
        wait = min(2 * wait, 30)


main()
