"""A small blog, written as any Flask app is. `hipflask --app blog run` opens it in a window of its own.

With `from flask import Flask` in the line below it is a web site again: `flask --app blog run`.
"""

import os

from flask import render_template

from hipflask import Hipflask as Flask

from . import auth, db, posts


def create_app(config=None):
    app = Flask(__name__)
    app.config.from_mapping(
        SECRET_KEY="only for trying out",  # FLASK_SECRET_KEY=… where it matters
        SESSION_COOKIE_SAMESITE="Lax",
        DATABASE=os.path.join(app.instance_path, "blog.sqlite"),
        PICTURES=os.path.join(app.instance_path, "pictures"),
        MAX_CONTENT_LENGTH=4_000_000,
    )
    app.config.from_prefixed_env()
    app.config.from_mapping(config or {})
    os.makedirs(app.config["PICTURES"], exist_ok=True)

    db.init_app(app)
    app.register_blueprint(auth.bp)
    app.register_blueprint(posts.bp)
    for code, sentence in ERRORS.items():
        app.register_error_handler(code, show_error(code, sentence))
    return app


ERRORS = {
    403: "Only who wrote a post may change it.",
    404: "There is nothing at this address.",
    413: "This picture is too large: 4 MB is the most.",
    500: "Something went wrong here. It has been noted.",
}


def show_error(code, sentence):
    def show(error):
        return render_template("error.html", code=code, sentence=sentence), code

    return show
