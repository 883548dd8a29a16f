"""What is written: reading, writing, changing and deleting posts."""

import os
import uuid
from io import BytesIO

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    send_file,
    send_from_directory,
    url_for,
)

from .auth import login_required
from .db import get_db

bp = Blueprint("posts", __name__)

PICTURES = {"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/webp": ".webp"}
SELECT = "SELECT post.*, author.name AS author FROM post JOIN author ON author.id = author_id"


@bp.route("/")
def index():
    posts = get_db().execute(f"{SELECT} ORDER BY post.id DESC").fetchall()
    return render_template("posts/index.html", posts=posts)


@bp.route("/<int:number>")
def show(number):
    return render_template("posts/show.html", post=get_post(number))


@bp.route("/write", methods=["GET", "POST"])
@login_required
def write():
    errors = check_form()
    if request.method == "POST" and not errors:
        with get_db() as db:
            cursor = db.execute(
                "INSERT INTO post (author_id, title, body, picture) VALUES (?, ?, ?, ?)",
                [g.author["id"], request.form["title"], request.form["body"], save_picture()],
            )
        flash("Your post is out.", "success")
        return redirect(url_for("posts.show", number=cursor.lastrowid))
    return render_template("posts/edit.html", post=None, errors=errors), 422 if errors else 200


@bp.route("/<int:number>/edit", methods=["GET", "POST"])
@login_required
def edit(number):
    post = get_own_post(number)
    errors = check_form()
    if request.method == "POST" and not errors:
        with get_db() as db:
            db.execute(
                "UPDATE post SET title = ?, body = ?, picture = ? WHERE id = ?",
                [request.form["title"], request.form["body"], save_picture() or post["picture"], number],
            )
        flash("Your post is changed.", "success")
        return redirect(url_for("posts.show", number=number))
    return render_template("posts/edit.html", post=post, errors=errors), 422 if errors else 200


@bp.route("/<int:number>/delete", methods=["POST"])
@login_required
def delete(number):
    post = get_own_post(number)
    with get_db() as db:
        db.execute("DELETE FROM post WHERE id = ?", [number])
    flash(f"“{post['title']}” is gone.", "success")
    return redirect(url_for("posts.index"))


@bp.route("/pictures/<name>")
def picture(name):
    return send_from_directory(current_app.config["PICTURES"], name)


@bp.route("/<int:number>.txt")
def download(number):
    post = get_post(number)
    text = f"{post['title']}\n\n{post['body']}\n"
    return send_file(
        BytesIO(text.encode()), "text/plain", as_attachment=True, download_name=f"{post['title']}.txt"
    )


def get_post(number):
    return get_db().execute(f"{SELECT} WHERE post.id = ?", [number]).fetchone() or abort(404)


def get_own_post(number):
    post = get_post(number)
    return post if post["author_id"] == g.author["id"] else abort(403)


def check_form():
    errors = {}
    if request.method == "POST":
        if not 1 <= len(request.form["title"].strip()) <= 100:
            errors["title"] = "A title has 1 to 100 letters."
        if not request.form["body"].strip():
            errors["body"] = "There is nothing to read yet."
        file = request.files.get("picture")
        if file and file.mimetype not in PICTURES:
            errors["picture"] = "This is no picture that browsers show: take PNG, JPEG, GIF or WebP."
    return errors


def save_picture():
    file = request.files.get("picture")
    if not file:
        return None
    name = uuid.uuid4().hex + PICTURES[file.mimetype]
    file.save(os.path.join(current_app.config["PICTURES"], name))
    return name
