"""The demo: both sandboxes, the database, the cluster and the web server, started together."""
