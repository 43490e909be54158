"""Dateline: folders of news-article HTML in, structured, checkable event records out.

    import pipeline
    nlp = pipeline.load()
    record = pipeline.extract(pipeline.Page(source="a.html", html=raw))
"""
