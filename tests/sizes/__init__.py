"""What fixtures weigh when rewritten, beside what people and a tracing minifier make of such programs."""
