"""The screens: gate, form, one function, message, redirect."""
