"""The demo's month: files imported, controls run, one month locked, proposals waiting."""
