// What is added to the element where it is embedded in somebody else's page.
