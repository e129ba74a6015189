#!/usr/bin/python3
"""Prints the events of the queue orders.events without taking them, a line each, until none has come for five seconds.

usage: tests/events/expired.py PORT PASSWORD_FILE
order.expired is in no outbox, since expiration has no database: tests/events/record reads it here while orders does not listen.
"""
import sys

import pika

port, secret = int(sys.argv[1]), open(sys.argv[2], encoding="ascii").read().strip()
connection = pika.BlockingConnection(pika.ConnectionParameters(
    "127.0.0.1", port, "stagedoor", pika.PlainCredentials("stagedoor_orders", secret)))
channel = connection.channel()
channel.basic_qos(prefetch_count=100)
for method, _, body in channel.consume("orders.events", inactivity_timeout=5):
    if method is None:
        break
    print(body.decode())
connection.close()
