#!/bin/sh
exec python3 src/*.py
