// Distances
