"""A classifier with Keras: a quantum layer between two dense ones, on any backend of Keras.

KERAS_BACKEND=jax python examples/train_with_keras.py
KERAS_BACKEND=torch DEVICE="local?shots=200&seed=7" python examples/train_with_keras.py
"""

from __future__ import annotations

import os

import keras
import numpy as np

import qgate as qg

WIRES = 3
EPOCHS = 25
WANTED = 0.2
"""Goal for the cross entropy."""


def points(count: int = 90) -> tuple[np.ndarray, np.ndarray]:
    """Return points of the plane, labelled 1 if their coordinates have the same sign."""
    places = np.random.default_rng(1).uniform(-1, 1, (count, 2)).astype("float32")
    return places, (places.prod(axis=1, keepdims=True) > 0).astype("float32")


def network(device: str) -> keras.Model:
    @qg.qnode(device)
    def circuit(inputs, weights):
        qg.AngleEmbedding(inputs, wires=range(WIRES))
        qg.StronglyEntanglingLayers(weights, wires=range(WIRES))
        return [qg.expval(qg.Z(wire)) for wire in range(WIRES)]

    uniform = keras.initializers.RandomUniform(0, 2 * np.pi, seed=1)
    quantum = qg.qnn.KerasLayer(
        circuit,
        {"weights": (2, WIRES, 3)},
        output_dim=WIRES,
        weight_specs={"weights": {"initializer": uniform}},
    )
    return keras.Sequential([keras.layers.Dense(WIRES), quantum, keras.layers.Dense(1)])


def train(device: str = "local") -> list[float]:
    """Return the mean loss of each epoch."""
    keras.utils.set_random_seed(3)
    model = network(device)
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.1), loss)
    places, labels = points()
    history = model.fit(places, labels, batch_size=20, epochs=EPOCHS, verbose=0)
    return history.history["loss"]


def main() -> None:
    losses = train(os.environ.get("DEVICE", "local"))
    for number in range(0, EPOCHS, 5):
        print(f"epoch {number:2}: {losses[number]:.4f}")
    print(f"loss {losses[-1]:.4f}, goal below {WANTED}")


if __name__ == "__main__":
    main()
