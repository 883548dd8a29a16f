# fmt: off
import chalice

extra = chalice.Blueprint(__name__)


def find(id):
    return {'1': {'id': '1', 'item': 'tea'}}.get(id)


def page_of(current_request):
    query = current_request.query_params or {}
    return {'page': int(query.get('page', 1)), 'rule': current_request.path, 'method': current_request.method}


@extra.route('/here')
def here():
    return {'method': extra.current_request.method}


@extra.route('/refused', methods=['DELETE'])
def refused():
    raise chalice.ForbiddenError('Not you')
