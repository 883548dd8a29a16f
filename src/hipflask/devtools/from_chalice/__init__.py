"""A Chalice app's folder, read and written anew as a Hipflask app; what it says is never run.

    from chalice import Chalice, NotFoundError          from hipflask import Hipflask
                                                        from flask import request
                                                        from chalice_ways import NotFoundError, as_chalice

    app = Chalice(app_name="shop")                      app = Hipflask(__name__)

    @app.route("/orders/{id}", methods=["PUT"])         @app.route("/orders/<id>", methods=["PUT"])
                                                        @as_chalice()
    def change(id):                                     def change(id):
        body = app.current_request.json_body                body = (request.get_json() if request.is_json else None)
        ...                                                 ...

Only those places are touched: by their position in the text, so that comments and layout stay. What has no exact counterpart
gets a line `# TODO(hipflask): …` above it and a line in the report.
"""
