"""One file per thing a person does; the only place that joins the parts below."""
