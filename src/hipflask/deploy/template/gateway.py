"""An HTTP API before the web function: for a domain of one's own, and for letting in only those who prove who they are."""

from __future__ import annotations

from ...core.errors import DeployError
from ..description import Authorizer, Function
from .stack import Json, Stack, attribute, reference, substituted


def add(stack: Stack, function: Function) -> None:
    """The API with its one route, which takes everything to the function."""
    domain = stack.settings.table.domain
    stack.add(
        "WebApi",
        "AWS::ApiGatewayV2::Api",
        {
            "Name": stack.named("web", limit=128),
            "ProtocolType": "HTTP",
            # Behind a domain the API's own address is only a way around whatever is in front of the domain.
            "DisableExecuteApiEndpoint": True if domain else None,
        },
    )
    stack.add(
        "WebApiIntegration",
        "AWS::ApiGatewayV2::Integration",
        {
            "ApiId": reference("WebApi"),
            "IntegrationType": "AWS_PROXY",
            "IntegrationUri": stack.arn_of(function),
            "PayloadFormatVersion": "2.0",
        },
    )
    stack.add(
        "WebApiRoute",
        "AWS::ApiGatewayV2::Route",
        {
            "ApiId": reference("WebApi"),
            "RouteKey": "$default",
            "Target": substituted("integrations/${WebApiIntegration}"),
            **_authorization(stack),
        },
    )
    stack.add(
        "WebApiStage",
        "AWS::ApiGatewayV2::Stage",
        {"ApiId": reference("WebApi"), "StageName": "$default", "AutoDeploy": True},
    )
    _permit(stack, "WebApiPermission", "WebFunction", "/*/$default")
    if domain is None:
        stack.output("Url", attribute("WebApi", "ApiEndpoint"), "Where the app answers")
    else:
        _add_domain(stack)


def _add_domain(stack: Stack) -> None:
    domain = stack.settings.table.domain
    assert domain is not None
    certificate: Json = domain.certificate
    if not certificate:
        certificate = reference("WebCertificate")
        proof = {"DomainName": domain.name, "HostedZoneId": domain.hosted_zone}
        stack.add(
            "WebCertificate",
            "AWS::CertificateManager::Certificate",
            {"DomainName": domain.name, "ValidationMethod": "DNS", "DomainValidationOptions": [proof]},
        )
    stack.add(
        "WebDomain",
        "AWS::ApiGatewayV2::DomainName",
        {
            "DomainName": domain.name,
            "DomainNameConfigurations": [
                {"CertificateArn": certificate, "EndpointType": "REGIONAL", "SecurityPolicy": "TLS_1_2"}
            ],
        },
    )
    stack.add(
        "WebDomainMapping",
        "AWS::ApiGatewayV2::ApiMapping",
        {
            "ApiId": reference("WebApi"),
            "DomainName": reference("WebDomain"),
            "Stage": reference("WebApiStage"),
        },
    )
    target = attribute("WebDomain", "RegionalDomainName")
    if domain.hosted_zone:
        zone = attribute("WebDomain", "RegionalHostedZoneId")
        stack.add(
            "WebDomainRecord",
            "AWS::Route53::RecordSet",
            {
                "HostedZoneId": domain.hosted_zone,
                "Name": domain.name,
                "Type": "A",
                "AliasTarget": {"DNSName": target, "HostedZoneId": zone},
            },
        )
    else:
        stack.output("DomainTarget", target, f"What a CNAME record of {domain.name} has to point to")
    stack.output("Url", f"https://{domain.name}", "Where the app answers")


def _authorization(stack: Stack) -> dict[str, Json]:
    table = stack.settings.table
    if table.jwt is not None:
        stack.add(
            "WebAuthorizer",
            "AWS::ApiGatewayV2::Authorizer",
            {
                "ApiId": reference("WebApi"),
                "Name": "jwt",
                "AuthorizerType": "JWT",
                "IdentitySource": ["$request.header.Authorization"],
                "JwtConfiguration": {"Issuer": table.jwt.issuer, "Audience": table.jwt.audience},
            },
        )
        return {"AuthorizationType": "JWT", "AuthorizerId": reference("WebAuthorizer")}
    if not table.authorizer:
        return {}
    function, trigger = _authorizer(stack)
    stack.add(
        "WebAuthorizer",
        "AWS::ApiGatewayV2::Authorizer",
        {
            "ApiId": reference("WebApi"),
            "Name": function.name,
            "AuthorizerType": "REQUEST",
            "AuthorizerPayloadFormatVersion": "1.0",
            "IdentitySource": [f"$request.header.{trigger.header}"],
            "AuthorizerResultTtlInSeconds": trigger.ttl_seconds or 0,
            "AuthorizerCredentialsArn": trigger.execution_role,
            "AuthorizerUri": substituted(
                "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
                f"${{{stack.id_of(function)}Function.Arn}}/invocations"
            ),
        },
    )
    _permit(
        stack, "WebAuthorizerPermission", f"{stack.id_of(function)}Function", "/authorizers/${WebAuthorizer}"
    )
    return {"AuthorizationType": "CUSTOM", "AuthorizerId": reference("WebAuthorizer")}


def _authorizer(stack: Stack) -> tuple[Function, Authorizer]:
    wanted = stack.settings.table.authorizer
    known = {each.name: each for each in stack.description.functions if isinstance(each.trigger, Authorizer)}
    function = known.get(wanted)
    if function is None or not isinstance(function.trigger, Authorizer):
        names = ", ".join(sorted(known)) or "none"
        raise DeployError(
            f"authorizer = {wanted!r} names no function with @app.authorizer; the app has {names}."
        )
    return function, function.trigger


def _permit(stack: Stack, id_: str, function: str, path: str) -> None:
    stack.add(
        id_,
        "AWS::Lambda::Permission",
        {
            "FunctionName": reference(function),
            "Action": "lambda:InvokeFunction",
            "Principal": "apigateway.amazonaws.com",
            "SourceArn": substituted(
                "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${WebApi}" + path
            ),
        },
    )
