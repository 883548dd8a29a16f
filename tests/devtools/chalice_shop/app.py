# ruff: noqa
# fmt: off
# A Chalice app as people write them; made for the tests of its conversion. Größe, ärger, 注文: not everything is ASCII.
import os
from decimal import Decimal

from chalice import (
    AuthResponse,
    BadRequestError,
    Chalice,
    Cron,
    CORSConfig,
    NotFoundError as Missing,
    Rate,
    Response,
)
from chalicelib.orders import extra, find, page_of  # the rest of it


app = Chalice(app_name='shop')
app.debug = False
app.register_blueprint(extra, url_prefix='/more')
SEEN = []


@app.middleware('http')
def stamp(event, get_response):
    response = get_response(event)
    response.headers['X-Stamp'] = '%s %s' % (event.method, event.path)
    return response


@app.middleware('sqs')
def count(event, get_response):
    SEEN.append(len(list(event)))
    return get_response(event)


@app.route('/')
def index():
    return {'hello': 'wörld'}   # a comment that stays


@app.route('/orders/{id}', methods=['GET'])
def order(id):
    found = find(id)
    if found is None:
        raise Missing('There is no order %s' % id)
    return found


@app.route('/orders', methods=['POST', 'PUT'])
def new_order():
    request = app.current_request
    body = request.json_body
    if body is None or 'item' not in body:
        raise BadRequestError('An order has an item')
    return Response(body={'made': body['item'], 'by': request.method},
                    status_code=201,
                    headers={'X-Order': '7', 'Set-Cookie': ['a=1', 'b=2']})


@app.route('/search')
def search():
    words = app.current_request.query_params
    if words is None:
        return []
    return [words.get('q'), sorted(words)]


@app.route('/first')
def first():
    return {'q': app.current_request.query_params['q'], 'n': app.current_request.query_params.get('n')}


@app.route('/page')
def page():
    return page_of(app.current_request)


@app.route('/text')
def text():
    return 'just a text'


@app.route('/nothing')
def nothing():
    SEEN.append('nothing')


@app.route('/number')
def number():
    return Decimal('1.5')


@app.route('/priced')
def priced():
    return {'price': Decimal('2.5'), 'at': [Decimal('3')]}


@app.route('/raw', methods=['POST'], content_types=['text/plain', 'application/octet-stream'])
def raw():
    return Response(app.current_request.raw_body.decode().upper(), headers={'Content-Type': 'text/plain'})


@app.route('/open', cors=True)
def is_open():
    return {'open': True}


@app.route('/partly', methods=['GET', 'POST'], cors=CORSConfig(
    allow_origin='https://example.com',
    allow_headers=['X-Special'],
    max_age=600, expose_headers=['X-Special'], allow_credentials=True))
def is_partly_open():
    return Response({'open': f"for {app.current_request.headers['x-who']}"}, headers={'X-Special': 'yes'})


@app.route('/files/{name}/{part}')
def files(name, part):
    return {'all': app.current_request.uri_params, 'same': [name, part]}


@app.authorizer()
def guard(auth_request):
    if auth_request.token == 'let me in':
        return AuthResponse(routes=['/guarded'], principal_id='lou', context={'team': 'a'})
    return AuthResponse(routes=[], principal_id='nobody')


@app.route('/guarded', authorizer=guard)
def guarded():
    who = app.current_request.context['authorizer']
    return {'who': who['principalId'], 'team': who['team']}


@app.route('/broken')
def broken():
    raise RuntimeError('this is a defect')


@app.schedule(Rate(5, unit=Rate.MINUTES))
def often(event):
    SEEN.append(event.detail_type)


@app.schedule(Cron(0, 2, '*', '*', '?', '*'), name='nightly', description='At two')
def at_two(event):
    SEEN.append(event.source)


@app.on_sqs_message(queue='orders', batch_size=10)
def take(event):
    SEEN.append([record.body for record in event])


@app.on_sns_message(topic='news')
def read(event):
    SEEN.append([event.subject, event.message])


@app.on_s3_event(bucket=os.environ.get('UPLOADS', 'uploads'),
                 events=['s3:ObjectCreated:*'], suffix='.png')
def uploaded(event):
    SEEN.append(f'{event.bucket}/{event.key}')


@app.on_dynamodb_record('arn:aws:dynamodb:eu-central-1:123456789012:table/T/stream/2026-01-01T00:00:00.000')
def changed(event):
    SEEN.append([[record.event_name, record.table_name, record.new_image] for record in event])


@app.on_kinesis_record('clicks')
def clicked(event):
    SEEN.append([record.data.decode() for record in event])


@app.on_cw_event({'source': ['aws.ec2']})
def machine(event):
    SEEN.append(event.detail)


@app.lambda_function(name='twice')
def double(event, context):
    return {'twice': event['n'] * 2}
