//! A model of which files are public, held against the product.
