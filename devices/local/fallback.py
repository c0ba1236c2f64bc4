def states(*a):
    raise NotImplementedError


def slopes(*a):
    raise NotImplementedError
