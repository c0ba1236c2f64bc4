"""The bridges to the frameworks that compute derivatives.

A framework's bridge is loaded when an array of that framework is met, or when it is named.
"""
