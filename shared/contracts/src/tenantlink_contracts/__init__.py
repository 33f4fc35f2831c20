"""The contracts of Tenantlink's events.

Upstream systems install this package alone: it knows the facts, their envelope and their
schemas, and nothing of brokers, databases or services.
"""
