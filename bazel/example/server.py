#!/usr/bin/env python3
"""A server of one's own, as small as it can be: MCP over stdio, with a tool that counts words."""

import json
import sys

REVISIONS = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"]
COUNT = {
    "name": "count",
    "description": "Counts the words of a text.",
    "inputSchema": {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]},
    "annotations": {"readOnlyHint": True},
}


class Refused(Exception):
    """An error of JSON-RPC: a code and a message."""


def answer(method, params):
    """The result of a request."""
    if method == "initialize":
        for member, kind in (("protocolVersion", str), ("capabilities", dict), ("clientInfo", dict)):
            if not isinstance(params.get(member), kind):
                raise Refused(-32602, f"{member} is missing")
        asked = params["protocolVersion"]
        return {
            "protocolVersion": asked if asked in REVISIONS else REVISIONS[-1],
            "capabilities": {"tools": {}},
            "serverInfo": {"name": "count", "version": "1.0.0"},
        }
    if method == "ping":
        return {}
    if method == "tools/list":
        return {"tools": [COUNT]}
    if method == "tools/call":
        return call(params.get("name"), params.get("arguments", {}))
    raise Refused(-32601, f"no method {method}")


def call(name, arguments):
    """The result of a call of a tool."""
    if name != COUNT["name"]:
        raise Refused(-32602, f"no tool {name}")
    text = arguments.get("text") if isinstance(arguments, dict) else None
    if not isinstance(text, str):
        return {"content": [{"type": "text", "text": "text: a string is needed"}], "isError": True}
    return {"content": [{"type": "text", "text": str(len(text.split()))}], "isError": False}


def is_message(message):
    """Whether it is a request or a notification of JSON-RPC."""
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
        return False
    return isinstance(message.get("method"), str) and message.get("id", "") is not None


def reply(line):
    """What is sent for a line: a response, or nothing for a notification."""
    try:
        message = json.loads(line)
    except ValueError:
        return {"jsonrpc": "2.0", "id": None, "error": {"code": -32700, "message": "this is no JSON"}}
    if not is_message(message):
        return {"jsonrpc": "2.0", "id": None, "error": {"code": -32600, "message": "this is no request"}}
    if "id" not in message:
        return None
    params = message.get("params")
    response = {"jsonrpc": "2.0", "id": message["id"]}
    try:
        return response | {"result": answer(message["method"], params if isinstance(params, dict) else {})}
    except Refused as refused:
        code, text = refused.args
        return response | {"error": {"code": code, "message": text}}


def main():
    for line in sys.stdin.buffer:
        response = reply(line)
        if response is not None:
            print(json.dumps(response), flush=True)


if __name__ == "__main__":
    main()
