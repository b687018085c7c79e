"""What every answer tells the browser: what a page may load, and who may keep or frame it."""

from flask import Flask, Response

# Nothing but our own files: no inline script or style, no other host, no frame around a page.
# data: is for the icons inside the style sheet.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # The forms' guard against other sites looks at it under https, so "no-referrer" will not do.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    # A page shows names and amounts; what may be kept says so itself.
    "Cache-Control": "no-store",
}
_HTTPS_ALONE = {"Strict-Transport-Security": "max-age=31536000"}


def add_to(app: Flask, *, https: bool) -> None:
    """Add the headers to every answer that does not set its own."""
    wanted = {**_ALWAYS, **(_HTTPS_ALONE if https else {})}

    @app.after_request
    def add(answer: Response) -> Response:
        for name, value in wanted.items():
            answer.headers.setdefault(name, value)
        return answer
