"""What SymPy derives: chains of equalities with symbolic K and N, one module a chapter."""
