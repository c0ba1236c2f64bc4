"""Sealed objects are not visible."""

import copy
import gc
import pickle
from weakref import ref

from leaks import texts_held

from qgate.sealed import Sealed


class Client:
    def __init__(self):
        self.token = "hush-hush"


class Owner:
    def __init__(self, client):
        self.client, self.name = client, "owner"


def test_what_is_sealed_is_not_reached_from_its_owner():
    assert "hush-hush" in list(texts_held(Owner(Client())))

    owner = Owner(Sealed(Client()))

    assert "hush-hush" not in list(texts_held(owner))
    assert "hush" not in repr(vars(owner))
    assert owner.client.value.token == "hush-hush"


def test_copies_and_pickles_hold_it():
    sealed = Sealed(Client())

    assert copy.deepcopy(sealed).value.token == "hush-hush"
    assert pickle.loads(pickle.dumps(sealed)).value.token == "hush-hush"


def test_it_is_forgotten_with_its_owner():
    client = Client()
    sealed, gone = Sealed(client), ref(client)
    del client

    assert gone() is sealed.value
    del sealed
    gc.collect()
    assert gone() is None
