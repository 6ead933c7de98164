"""The pages: urls, views, forms, templates, translations.  No rules: they stand in the rooms above."""
