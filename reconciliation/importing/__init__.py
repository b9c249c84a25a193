"""From a file as it came to lines and payouts: evidence, staging, preview, import."""
