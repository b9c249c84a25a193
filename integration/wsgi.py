"""The WSGI application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

from integration.starting import load_settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "integration.settings")
load_settings()
application = get_wsgi_application()
