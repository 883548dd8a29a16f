"""`hipflask local`: the app as it will be on AWS, behind a copy of the gateway on this computer."""
