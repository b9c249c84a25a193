"""Marketing Cloud Engagement as its clients see it: REST, SOAP, notifications."""
