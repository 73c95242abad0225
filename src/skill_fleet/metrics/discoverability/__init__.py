"""Is a skill found for the requests it is for, among the others that are there.

An agent sees the name and the description of every skill and chooses by them; so nothing else is looked at here. Real
requests with the skill that should answer them are ranked against all descriptions, offline. Retrieval stands for the
choice of a model: it tells which descriptions are hard to tell apart and which words are missing. It cannot tell
whether a skill stays silent when it should: over nine fleets the best score told requests for some skill from requests
for none with an area under the curve of .40 to .81. Such requests are counted and set aside.
"""
