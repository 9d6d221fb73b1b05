"""Crawlers of the sites where people collect drawings ("boorus"): posts by their tags, pictures, a manifest."""
