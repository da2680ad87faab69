#!/usr/bin/env python3
"""What a technician writes in an afternoon: lines over TCP, a calibration, the mean of ten, an alert, MQTT."""
import json
import os
import socket
import sys
import time

import paho.mqtt.client as mqtt

NAME, PORT, BROKER = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
GAIN, OFFSET, ON, OFF, WINDOW = 1.02, -0.4, 60, 50, 10

client = mqtt.Client(NAME, protocol=mqtt.MQTTv311)
# Without these it drops what does not fit and waits two minutes for a broker.
client.max_queued_messages_set(0)
client.max_inflight_messages_set(50)
client.reconnect_delay_set(1, 5)
client.connect("127.0.0.1", BROKER)
client.loop_start()

windows = {}
raised = {}
while True:
    try:
        line = socket.create_connection(("127.0.0.1", PORT))
    except OSError:
        time.sleep(0.2)
        continue
    for text in line.makefile("r", buffering=65536):
        name, comma, number = text.rstrip("\n").partition(",")
        if not comma:
            continue
        window = windows.setdefault(name, [])
        window.append(GAIN * float(number) + OFFSET)
        if len(window) < WINDOW:
            continue
        mean = sum(window) / WINDOW
        client.publish(f"peers/{NAME}/tele", json.dumps({"id": name, "mean": mean, "values": window}), qos=1)
        on = raised.get(name, False)
        if (not on and mean >= ON) or (on and mean <= OFF):
            raised[name] = not on
            told = {"id": name, "condition": "cleared" if on else "raised", "mean": mean, "value": window[-1]}
            client.publish(f"peers/{NAME}/alert", json.dumps(told), qos=1)
        windows[name] = []
