"""Commands that gather, choose, label, pack and draw pictures."""
