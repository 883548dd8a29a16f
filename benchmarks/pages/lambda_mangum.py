"""A shop's web: Starlette behind Mangum."""

import lambda_said as said
from mangum import Mangum
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

heard = []


async def order(request):
    """One order."""
    number = request.path_params["number"]
    pieces = int(request.query_params["pieces"])
    heard.append(number)
    return JSONResponse({"number": int(number), "pieces": pieces})


app = Starlette(routes=[Route("/orders/{number}", order)])

if __name__ == "__main__":
    said.run({"http": (Mangum(app, lifespan="off"), said.HTTP2)}, heard)
