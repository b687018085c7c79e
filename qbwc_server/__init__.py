"""The application: the only package that joins the others."""
