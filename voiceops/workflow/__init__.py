"""What people do. Each action is one function in one order: fetch and lock, authorize, change, record."""
