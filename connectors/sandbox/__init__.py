"""Marketing Cloud and Prima as real servers on this machine, for training, tests and benchmarks."""
