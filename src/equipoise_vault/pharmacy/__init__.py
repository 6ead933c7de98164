"""The pharmacy behind the wall: stock, cold chain, preparation, dispensing, and the balance to the unit."""
