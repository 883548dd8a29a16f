"""Who is writing: registering, logging in and logging out."""

import functools
import sqlite3
from urllib.parse import urlsplit

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from werkzeug.security import check_password_hash, generate_password_hash

from .db import get_db

bp = Blueprint("auth", __name__, url_prefix="/auth")

# What a log-in with an unknown name is compared with, so that it takes as long as one with a known name.
NOBODY = generate_password_hash("nobody")


@bp.before_app_request
def load_author():
    number = session.get("author")
    g.author = number and get_db().execute("SELECT * FROM author WHERE id = ?", [number]).fetchone()


def login_required(view):
    @functools.wraps(view)
    def checked(**arguments):
        if g.author is None:
            flash("Log in first, please.", "warning")
            return redirect(url_for("auth.login", next=request.full_path.rstrip("?")))
        return view(**arguments)

    return checked


@bp.route("/register", methods=["GET", "POST"])
def register():
    errors = {}
    if request.method == "POST":
        name, password = request.form["name"].strip(), request.form["password"]
        errors = check(name, password)
        if not errors:
            try:
                with get_db() as db:
                    db.execute(
                        "INSERT INTO author (name, password) VALUES (?, ?)",
                        [name, generate_password_hash(password)],
                    )
            except sqlite3.IntegrityError:
                errors["name"] = f"{name} writes here already. Choose another name."
            else:
                flash(f"Welcome, {name}. Now log in.", "success")
                return redirect(url_for("auth.login"))
    return render_template("auth/register.html", errors=errors), 422 if errors else 200


def check(name, password):
    errors = {}
    if not 1 <= len(name) <= 40:
        errors["name"] = "A name has 1 to 40 letters."
    if len(password) < 8:
        errors["password"] = "A password has at least 8 characters."
    return errors


@bp.route("/login", methods=["GET", "POST"])
def login():
    errors = {}
    if request.method == "POST":
        name = request.form["name"].strip()
        author = get_db().execute("SELECT * FROM author WHERE name = ?", [name]).fetchone()
        if check_password_hash(author["password"] if author else NOBODY, request.form["password"]) and author:
            session.clear()
            session["author"] = author["id"]
            flash(f"You are logged in, {author['name']}.", "success")
            return redirect(inside(request.args.get("next")) or url_for("posts.index"))
        errors["password"] = "This name and this password do not go together."
    return render_template("auth/login.html", errors=errors), 422 if errors else 200


def inside(address):
    """The address, if it leads nowhere else but into this blog."""
    parts = urlsplit((address or "").replace("\\", "/"))
    return address if parts.path.startswith("/") and not (parts.scheme or parts.netloc) else None


@bp.route("/logout", methods=["POST"])
def logout():
    session.clear()
    flash("You are logged out.", "success")
    return redirect(url_for("posts.index"))
