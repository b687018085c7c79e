"""Programs around the server: set-up, checks, measurements, a simulated office."""
