"""Makes models/gazetteers from their sources. Runs in a checkout with the `gazetteers` dependency group."""
