"""The SOAP service: envelopes, objects, retrieves, faults."""
