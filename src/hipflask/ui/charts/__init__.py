"""Charts of numbers that keep coming: points kept in order, few enough of them sent to look like all."""
