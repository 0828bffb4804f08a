"""The aggregate feedback: what customers say of the product and the service, by theme."""
