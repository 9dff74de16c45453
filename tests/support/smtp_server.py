#!/usr/bin/python3
"""A real SMTP server for tests: STARTTLS and AUTH by python3-aiosmtpd, on a spare loopback port.

Prints "port N", then a line of JSON for each mail as Python's own parser read it.
"""
import argparse
import asyncio
import email
import email.policy
import json
import ssl

from aiosmtpd.smtp import SMTP, AuthResult

flags = argparse.ArgumentParser()
flags.add_argument("--certificate")
flags.add_argument("--key")
flags.add_argument("--user")
flags.add_argument("--password")
flags.add_argument("--rcpt-reply", help="what RCPT is refused with")
flags.add_argument("--data-reply", help="what DATA ends with")
flags.add_argument("--silent", action="store_true", help="accepts and never says a word")
args = flags.parse_args()


def part(message, kind):
    found = message.get_body(preferencelist=(kind,))
    return found.get_content() if found else None


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if args.rcpt_reply:
            return args.rcpt_reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if args.data_reply:
            return args.data_reply
        raw = envelope.original_content
        message = email.message_from_bytes(raw, policy=email.policy.default)
        report = {
            "tls": session.ssl is not None,
            "login": session.auth_data.decode() if session.authenticated else None,
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "headers": {name: str(value) for name, value in message.items()},
            "header_count": len(message.items()),
            "text": part(message, "plain"),
            "html": part(message, "html"),
            "ascii": raw.isascii(),
            "longest_line": max(len(line) for line in raw.split(b"\r\n")),
            "bare_newlines": raw.replace(b"\r\n", b"").count(b"\n"),
            "defects": [str(d) for m in message.walk() for d in m.defects],
        }
        print(json.dumps(report), flush=True)
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    good = (data.login.decode(), data.password.decode()) == (args.user, args.password)
    if good:
        return AuthResult(success=True, auth_data=data.login)
    return AuthResult(success=False, handled=False)


def factory():
    if args.silent:
        return asyncio.Protocol()
    options = {"hostname": "localhost", "enable_SMTPUTF8": False}
    if args.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(args.certificate, args.key)
        options.update(tls_context=context, require_starttls=True)
    if args.user:
        options.update(authenticator=authenticate, auth_required=True, auth_require_tls=True)
    return SMTP(Handler(), **options)


async def main():
    server = await asyncio.get_running_loop().create_server(factory, "127.0.0.1", 0)
    print("port", server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
