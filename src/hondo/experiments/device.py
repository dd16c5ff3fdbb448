"""What computes here: the device's name, for the record and for `hondo doctor`."""

from hondo.core.backend import keras, on_jax


def device_name() -> str:
    """The device that trains, such as ``jax cpu (TFRT_CPU_0)``."""
    if on_jax():
        import jax

        first = jax.devices()[0]
        return f"jax {first.platform} ({first.device_kind})"
    return keras.config.backend()
